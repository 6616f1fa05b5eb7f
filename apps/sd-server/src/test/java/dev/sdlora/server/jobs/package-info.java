@NullMarked
package dev.sdlora.server.jobs;

import org.jspecify.annotations.NullMarked;
