@NullMarked
package dev.sdlora.server.job.api;

import org.jspecify.annotations.NullMarked;
