"""Excel workbooks (Office Open XML)."""

from assets.decoding.workbook import read as read
