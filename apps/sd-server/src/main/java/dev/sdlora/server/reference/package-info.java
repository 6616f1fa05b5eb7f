/** Images that requests name in place of sending them: uploads, and those of ended jobs. */
@NullMarked
package dev.sdlora.server.reference;

import org.jspecify.annotations.NullMarked;
