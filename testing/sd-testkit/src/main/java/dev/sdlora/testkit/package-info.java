/**
 * Utilities shared by the tests of several modules: small models, comparisons, the record of the
 * public API.
 */
@NullMarked
package dev.sdlora.testkit;

import org.jspecify.annotations.NullMarked;
