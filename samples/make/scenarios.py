# SPDX-License-Identifier: MIT
"""All scenarios: sample name -> function that makes it."""
import scenarios_capture
import scenarios_chains
import scenarios_died
import scenarios_direct
import scenarios_dns
import scenarios_guide
import scenarios_harmless
import scenarios_inside
import scenarios_lived
import scenarios_lost
import scenarios_machines
import scenarios_media
import scenarios_network
import scenarios_on_the_way
import scenarios_portal
import scenarios_proxy
import scenarios_site
import scenarios_servers
import scenarios_several
import scenarios_stun
import scenarios_tcp
import scenarios_tls
import scenarios_turn
import scenarios_vantage

SCENARIOS = {
    **scenarios_guide.SCENARIOS,
    **scenarios_turn.SCENARIOS,
    **scenarios_servers.SCENARIOS,
    **scenarios_several.SCENARIOS,
    **scenarios_media.SCENARIOS,
    **scenarios_died.SCENARIOS,
    **scenarios_lived.SCENARIOS,
    **scenarios_direct.SCENARIOS,
    **scenarios_lost.SCENARIOS,
    **scenarios_stun.SCENARIOS,
    **scenarios_dns.SCENARIOS,
    **scenarios_tcp.SCENARIOS,
    **scenarios_proxy.SCENARIOS,
    **scenarios_network.SCENARIOS,
    **scenarios_portal.SCENARIOS,
    **scenarios_on_the_way.SCENARIOS,
    **scenarios_tls.SCENARIOS,
    **scenarios_chains.SCENARIOS,
    **scenarios_inside.SCENARIOS,
    **scenarios_harmless.SCENARIOS,
    **scenarios_capture.SCENARIOS,
    **scenarios_vantage.SCENARIOS,
    **scenarios_machines.SCENARIOS,
    **scenarios_site.SCENARIOS,
}
