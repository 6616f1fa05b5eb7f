/** Samplers, schedules and random noise. */
@SuppressWarnings("module") // The modules named here depend on this one and are compiled later.
module dev.sdlora.sampler {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;

  exports dev.sdlora.sampler to
      dev.sdlora.families,
      dev.sdlora.pipeline;
  exports dev.sdlora.sampler.noise to
      dev.sdlora.families,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.sampler.plan to
      dev.sdlora.families,
      dev.sdlora.pipeline;
  exports dev.sdlora.sampler.schedule to
      dev.sdlora.families,
      dev.sdlora.pipeline,
      dev.sdlora.training;
}
