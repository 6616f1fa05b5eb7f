/** A soak test of the server with many clients; run by hand, see docs/evidence/soak.md. */
@NullMarked
package dev.sdlora.server.soak;

import org.jspecify.annotations.NullMarked;
