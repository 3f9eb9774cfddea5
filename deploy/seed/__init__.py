"""What a new mall starts with: carriers, goods, and subscribers of the operator. Safe to run again."""
