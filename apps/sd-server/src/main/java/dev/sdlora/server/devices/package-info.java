/**
 * Distribution of requests over pipelines with the same checkpoint on several devices.
 *
 * <p>Where to make changes: the choice of the device is in {@code Places}; cancellation and errors
 * are in {@code DistributedPipeline}.
 */
@NullMarked
package dev.sdlora.server.devices;

import org.jspecify.annotations.NullMarked;
