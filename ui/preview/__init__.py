"""What the start page says first, shown before the browser has loaded the app."""
