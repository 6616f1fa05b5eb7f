/**
 * Plans of samplings, made before the first step: a {@link dev.sdlora.sampler.plan.SamplingPlan}
 * has the noise levels, the method of the sampler and the parts of an image that are kept.
 */
@NullMarked
package dev.sdlora.sampler.plan;

import org.jspecify.annotations.NullMarked;
