"""What happens to cases after the sale, one verb a module."""
