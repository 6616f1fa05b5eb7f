/** Tests of distribution over devices. */
@NullMarked
package dev.sdlora.server.devices;

import org.jspecify.annotations.NullMarked;
