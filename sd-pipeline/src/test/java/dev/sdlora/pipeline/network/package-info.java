/** Tests of networks against plain Java, and of their documented behaviour. */
@NullMarked
package dev.sdlora.pipeline.network;

import org.jspecify.annotations.NullMarked;
