@NullMarked
package dev.sdlora.server.models;

import org.jspecify.annotations.NullMarked;
