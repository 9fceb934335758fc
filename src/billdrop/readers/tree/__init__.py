"""What the readers of trees share: paths, the layout that a guideline declares, and drafts made by it."""
