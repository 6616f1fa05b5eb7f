/** Tests of programs beside the three networks. */
@NullMarked
package dev.sdlora.pipeline.network;

import org.jspecify.annotations.NullMarked;
