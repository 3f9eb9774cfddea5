"""What a new mall starts with: carriers, partners, goods, and subscribers of the operator. Safe to run again."""
