/**
 * Finds the implementations of service interfaces, and downloads files by one of them. Exported to
 * the library's own modules only; it may change at any time.
 */
@NullMarked
package dev.sdlora.api.service;

import org.jspecify.annotations.NullMarked;
