/** Tests of networks against plain Java, and of what they promise. */
@NullMarked
package dev.sdlora.pipeline.network;

import org.jspecify.annotations.NullMarked;
