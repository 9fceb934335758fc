"""The console: pages for who uploads, who looks at the sums, and who watches; live, and without a stranger's script."""
