/** Tests through HTTP, on the bundled model. */
@NullMarked
package dev.sdlora.server;

import org.jspecify.annotations.NullMarked;
