"""OpenDocument spreadsheets."""

from assets.decoding.workbook import read as read
