"""Trying a theme on a made-up class before anything trains, and beginning a new one."""
