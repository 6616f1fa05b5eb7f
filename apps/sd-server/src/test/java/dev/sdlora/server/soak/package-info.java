/** A server under many clients for minutes; run by hand, see docs/evidence/soak.md. */
@NullMarked
package dev.sdlora.server.soak;

import org.jspecify.annotations.NullMarked;
