"""How an order is carried out.

A *flow* is a list of named steps, each with those that it comes after, kept as data. An order follows the flows of its
parts, merged into one *plan* that is stored with it. The *interpreter* looks at the plan and at the facts, and says
what comes next: forward step by step, or back, what was begun last first. It knows no step by name; ``steps`` says of
each when it is done.
"""
