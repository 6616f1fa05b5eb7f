/**
 * Networks that guide a U-Net: ControlNets, T2I-Adapters, IP-Adapters, and the CLIP vision encoder
 * that IP-Adapters read. Their programs are next to that of the U-Net, whose functions they use.
 */
@NullMarked
package dev.sdlora.families.network.control;

import org.jspecify.annotations.NullMarked;
