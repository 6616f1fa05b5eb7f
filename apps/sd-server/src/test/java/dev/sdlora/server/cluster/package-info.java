@NullMarked
package dev.sdlora.server.cluster;

import org.jspecify.annotations.NullMarked;
