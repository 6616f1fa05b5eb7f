package dev.sdlora.families.conditioning;

import dev.sdlora.families.network.AdaptableNetwork;

/**
 * A text encoder as one request uses it.
 *
 * @param index the index of the encoder, from 0; embeddings have vectors for each
 * @param network the encoder, with the LoRAs of the request
 * @param weights identifies its weights, including LoRAs
 * @param known the cache of encoded texts
 */
public record AppliedEncoder(
    int index, AdaptableNetwork network, EncoderWeights weights, EncodedChunks known) {}
