/** Images that requests refer to instead of sending them: uploads and images of jobs. */
@NullMarked
package dev.sdlora.server.reference;

import org.jspecify.annotations.NullMarked;
