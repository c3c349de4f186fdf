# SPDX-License-Identifier: MIT
"""Ways in which a capture is worse than what happened: each function takes the packets and a random
source, and gives new packets. Real ones: a busy kernel, a mirror port, a snaplen, a clock."""
import captures

MICROSECONDS = 1000000
NEAR_MICROSECONDS = 50000
SNAPLENS = (60, 64, 68, 96, 128, 256)
DESTINATION = 6  # octets of the link layer's address that stand first in Ethernet frames


def copied(packet, time=None, octets=None):
    return captures.Packet(packet.time if time is None else time,
                           packet.octets if octets is None else octets, packet.length)


def in_order(packets):
    return sorted(packets, key=lambda packet: packet.time)


def direction(packet):
    """What the frames to one host have in common."""
    return packet.octets[:DESTINATION]


def drop(packets, chance):
    """Loses one packet in ten, or a run of packets."""
    if chance.random() < 0.5:
        return [packet for packet in packets if chance.random() >= 0.1]
    start = chance.randrange(len(packets))
    return packets[:start] + packets[start + chance.randint(1, 1 + len(packets) // 5):]


def drop_one(packets, chance):
    gone = chance.randrange(len(packets))
    return packets[:gone] + packets[gone + 1:]


def drop_bursts(packets, chance):
    """The kernel's buffer overflows, three times: nothing is kept for 50 to 500 ms."""
    for _ in range(3):
        start = chance.choice(packets).time if packets else 0
        end = start + chance.randint(50000, 500000)
        packets = [each for each in packets if not start <= each.time < end]
    return packets


def drop_large(packets, chance):
    """A tunnel to the capturing host that has no room for full packets."""
    most = chance.choice((200, 400, 600, 1000))
    return [packet for packet in packets if packet.length <= most]


def drop_direction(packets, chance):
    """Keeps, from some packet on, only what one side sends."""
    start, kept = chance.randrange(len(packets)), direction(chance.choice(packets))
    return packets[:start] + [each for each in packets[start:] if direction(each) == kept]


def drop_direction_a_while(packets, chance):
    """Loses one direction for 1 to 60 seconds."""
    begin, lost = chance.choice(packets).time, direction(chance.choice(packets))
    end = begin + chance.randint(1, 60) * MICROSECONDS
    return [each for each in packets if direction(each) != lost or not begin <= each.time < end]


def drop_some_of_direction(packets, chance):
    """Half of one direction: a mirror of one of two links that share the load."""
    lost = direction(chance.choice(packets))
    return [each for each in packets if direction(each) != lost or chance.random() < 0.5]


def start_late(packets, chance):
    return packets[chance.randrange(len(packets)):]


def end_early(packets, chance):
    return packets[:chance.randint(1, len(packets))]


def duplicate(packets, chance):
    copies = []
    for packet in packets:
        copies.append(packet)
        if chance.random() < 0.2:
            copies.append(copied(packet, packet.time + chance.randrange(200)))
    return copies


def mirror(packets, chance):
    """A mirror port that shows each packet on its way in and on its way out."""
    late = chance.choice((1, 20, 400))
    return in_order([*packets, *(copied(each, each.time + late) for each in packets)])


def mirror_with_losses(packets, chance):
    """The same, overloaded."""
    return drop(mirror(packets, chance), chance)


def reorder(packets, chance):
    """Swaps neighbours that are close in time; the times stay in order, as a capture's are."""
    order = list(packets)
    for index in range(len(order) - 1):
        near = packets[index + 1].time - packets[index].time <= NEAR_MICROSECONDS
        if near and chance.random() < 0.3:
            order[index], order[index + 1] = order[index + 1], order[index]
    return [copied(packet, slot.time) for slot, packet in zip(packets, order)]


def delay_direction(packets, chance):
    """Two network cards, one of which tells of its packets 1 to 5 ms late: answers may stand in
    front of their questions."""
    late, slow = direction(chance.choice(packets)), chance.randint(1000, 5000)
    return in_order([copied(each, each.time + slow) if direction(each) == late else each
                     for each in packets])


def stamp_late(packets, chance):
    """The same in the order of arrival: times go back and forth."""
    late, slow = direction(chance.choice(packets)), chance.randint(1000, 5000)
    return [copied(each, each.time + slow) if direction(each) == late else each
            for each in packets]


def set_clock(packets, chance):
    """The clock is corrected during the capture."""
    start = chance.randrange(len(packets))
    change = chance.choice((-3600, -60, -2, -0.5, 0.5, 2, 20)) * MICROSECONDS
    return packets[:start] + [copied(each, int(max(0, each.time + change)))
                              for each in packets[start:]]


def truncate(packets, chance):
    snaplen = chance.choice(SNAPLENS)
    return [copied(each, octets=each.octets[:snaplen]) for each in packets]


def truncate_some(packets, chance):
    return [copied(each, octets=each.octets[:chance.randint(14, max(14, len(each.octets)))])
            if chance.random() < 0.2 else each for each in packets]


def truncate_with_losses(packets, chance):
    return drop(truncate(packets, chance), chance)


WAYS = (drop, drop_one, drop_bursts, drop_large, drop_direction, drop_direction_a_while,
        drop_some_of_direction, start_late, end_early, duplicate, mirror, mirror_with_losses,
        reorder, delay_direction, stamp_late, set_clock, truncate, truncate_some,
        truncate_with_losses)
