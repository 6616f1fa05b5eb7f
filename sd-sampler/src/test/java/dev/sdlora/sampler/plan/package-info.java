/** Tests of sampling plans, with all samplers. */
@NullMarked
package dev.sdlora.sampler.plan;

import org.jspecify.annotations.NullMarked;
