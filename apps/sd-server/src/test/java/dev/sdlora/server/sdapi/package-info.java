/** Tests of A1111's API through HTTP. */
@NullMarked
package dev.sdlora.server.sdapi;

import org.jspecify.annotations.NullMarked;
