/** A server under many clients for minutes; run by hand, see docs/soak.md. */
@NullMarked
package dev.sdlora.server.soak;

import org.jspecify.annotations.NullMarked;
