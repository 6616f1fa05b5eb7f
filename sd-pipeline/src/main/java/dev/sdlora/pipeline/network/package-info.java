/**
 * The three networks: their configuration, the weights that they need, and the TorchScript programs
 * that run them. Weight names are those of diffusers.
 */
@NullMarked
package dev.sdlora.pipeline.network;

import org.jspecify.annotations.NullMarked;
