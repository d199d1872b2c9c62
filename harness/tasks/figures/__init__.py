"""What the card shows of each task: figures as data, made from what was recorded."""
