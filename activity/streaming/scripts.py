"""What has to happen in Redis all at once, as Lua: Redis runs a script whole or not at all, and logs it whole.

Keys: STREAM holds the entries; `xapi:id:<uuid>` names the entry of a statement whose sender chose its id; TRIES counts
how often an entry was tried on its own.
"""

import uuid

STREAM = "xapi:statements"
TRIES = "xapi:tries"
GROUP = "store"

# For how long an id is remembered after its statement is stored: longer than any request that looked into the database
# before that can live, so that none of them appends another statement under the same id.
LINGER_SECONDS = 120

# A consumer says that often enough that it is there: Redis forgets it else, and tells so.
ALIVE_SECONDS = 15


def alive_key(consumer: str) -> str:
    return f"xapi:consumer:{consumer}"


def id_key(statement_id: uuid.UUID | str) -> str:
    return f"xapi:id:{statement_id}"


# The raw text of an entry of the stream; false when it is not there any more.
RAW_OF = """
local function raw_of(entry)
  local found = redis.call('XRANGE', KEYS[1], entry, entry)[1]
  if found then
    for j = 1, #found[2], 2 do
      if found[2][j] == 'raw' then return found[2][j + 1] end
    end
  end
  return false
end
"""

# KEYS: STREAM, then the id key of each statement. ARGV: group, then for each statement: what is known of its id ("new":
# we made it, "brought": look whether it waits already, "gone": it was looked up, overwrite), id, version, key, raw.
# Returns {0, {id, entry's raw or false}, …} when some wait already, and appends nothing; else {1, entry id, …}.
# The group is made with the stream: a Redis that is full would not let the consumers make it later.
# It numbers the entries itself: Redis would put any number into one millisecond, and a position holds 4,096.
APPEND = (
    RAW_OF
    + """
local known = {0}
for i = 2, #KEYS do
  local at = (i - 2) * 5 + 1
  if ARGV[at + 1] == 'brought' then
    local entry = redis.call('GET', KEYS[i])
    if entry then known[#known + 1] = {ARGV[at + 2], raw_of(entry)} end
  end
end
if #known > 1 then return known end

local clock = redis.call('TIME')
local ms, seq = clock[1] * 1000 + math.floor(clock[2] / 1000), 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for j = 1, #info, 2 do
    if info[j] == 'last-generated-id' then
      local last_ms, last_seq = string.match(info[j + 1], '(%d+)-(%d+)')
      if tonumber(last_ms) >= ms then ms, seq = tonumber(last_ms), tonumber(last_seq) + 1 end
    end
  end
else
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
end
local added = {1}
for i = 2, #KEYS do
  local at = (i - 2) * 5 + 1
  if seq >= 4096 then ms, seq = ms + 1, 0 end
  local entry = string.format('%.0f-%d', ms, seq)
  redis.call('XADD', KEYS[1], entry, 'id', ARGV[at + 2], 'version', ARGV[at + 3], 'key', ARGV[at + 4],
    'raw', ARGV[at + 5])
  if ARGV[at + 1] ~= 'new' then redis.call('SET', KEYS[i], entry) end
  added[#added + 1] = entry
  seq = seq + 1
end
return added
"""
)

# KEYS: STREAM, then the id keys of statements. Returns the raw text that waits under each, false for none.
WAITING = (
    RAW_OF
    + """
local waiting = {}
for i = 2, #KEYS do
  local entry = redis.call('GET', KEYS[i])
  waiting[#waiting + 1] = entry and raw_of(entry)
end
return waiting
"""
)

# KEYS: STREAM, TRIES, then the id key of each entry. ARGV: group, seconds to remember the ids for, then the entry ids.
FINISH = """
for i = 3, #KEYS do
  local entry = ARGV[i]
  redis.call('XACK', KEYS[1], ARGV[1], entry)
  redis.call('XDEL', KEYS[1], entry)
  redis.call('HDEL', KEYS[2], entry)
  if redis.call('GET', KEYS[i]) == entry then redis.call('EXPIRE', KEYS[i], ARGV[2]) end
end
return #KEYS - 2
"""

# KEYS: STREAM. Returns milliseconds: before them no entry waits, and none will be added.
OLDEST = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if first then now = math.min(now, tonumber(string.match(first[1], '(%d+)-'))) end
return string.format('%.0f', now)
"""

# KEYS: STREAM. ARGV: group, consumer. A consumer with entries of its own is left: with it they would be forgotten.
FORGET_CONSUMER = """
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local is_it, pending = false, 1
  for j = 1, #consumer, 2 do
    if consumer[j] == 'name' then is_it = consumer[j + 1] == ARGV[2] end
    if consumer[j] == 'pending' then pending = consumer[j + 1] end
  end
  if is_it and pending == 0 then return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2]) end
end
return -1
"""
