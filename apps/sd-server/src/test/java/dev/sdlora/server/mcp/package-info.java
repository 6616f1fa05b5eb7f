@NullMarked
package dev.sdlora.server.mcp;

import org.jspecify.annotations.NullMarked;
