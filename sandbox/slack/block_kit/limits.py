"""Limits from Slack's reference (docs.slack.dev/reference/block-kit); characters unless noted."""

from typing import Final

# Messages (docs.slack.dev/reference/methods/chat.postMessage and chat.update).
MESSAGE_BLOCKS: Final = 50
MESSAGE_TEXT: Final = 40_000
UPDATE_TEXT: Final = 4_000  # bytes
# All blocks of one message together, see size.py.
BLOCKS_TEXT: Final = 10_000
BLOCKS_SIZE: Final = 13_000
BLOCK_COST: Final = 125
ATTACHMENTS: Final = 100
MARKDOWN_TOTAL: Final = 12_000
TABLES_PER_MESSAGE: Final = 1
TABLE_CHARACTERS: Final = 10_000

# Views (docs.slack.dev/reference/views).
VIEW_BLOCKS: Final = 100
VIEW_BYTES: Final = 250_000
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000

IDENTIFIER: Final = 255
TEXT: Final = 3_000
URL: Final = 3_000

# Blocks.
HEADER: Final = 150
SECTION_FIELDS: Final = 10
SECTION_FIELD: Final = 2_000
CONTEXT_ELEMENTS: Final = 10
CONTEXT_ACTIONS: Final = 5
ACTIONS: Final = 25
INPUT_LABEL: Final = 2_000
ALT_TEXT: Final = 2_000
IMAGE_TITLE: Final = 2_000
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
ALERT: Final = 200
CARD_TITLE: Final = 150
CARD_BODY: Final = 200
CARD_ACTIONS: Final = 3
CAROUSEL_CARDS: Final = 10
CONTAINER_TITLE: Final = 150
CONTAINER_BLOCKS: Final = 10
PLAN_TASKS: Final = 50
VIDEO_TITLE: Final = 200
VIDEO_AUTHOR: Final = 50
VIDEO_ALT_TEXT: Final = 200
ICON_VIEWERS: Final = 10
ATTACHMENT_FOOTER: Final = 300
LIST_INDENT: Final = 8
DATA_ROWS: Final = 101
DATA_PAGE: Final = 100
CHARTS_PER_MESSAGE: Final = 2
CHART_TITLE: Final = 50
CHART_LABEL: Final = 20
CHART_SERIES: Final = 6
CHART_POINTS: Final = 20

# Elements and composition objects.
BUTTON_LABEL: Final = 75
BUTTON_VALUE: Final = 2_000
AGENT_PROMPT: Final = 4_000
OPTIONS: Final = 100
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OVERFLOW_OPTIONS: Final = 5
TICK_OPTIONS: Final = 10
PLACEHOLDER: Final = 150
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30
TYPED: Final = 3_000
FILES: Final = 10
