/**
 * Reads files of networks that accompany a checkpoint: ControlNets, T2I-Adapters, IP-Adapters,
 * vision encoders, upscalers and small decoders.
 */
@NullMarked
package dev.sdlora.families.checkpoint.auxiliary;

import org.jspecify.annotations.NullMarked;
