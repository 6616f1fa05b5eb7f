/** The prompt language and the tokenizers. */
@SuppressWarnings("module") // The modules named here depend on this one and are compiled later.
module dev.sdlora.prompt {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;

  exports dev.sdlora.prompt.dynamic to
      dev.sdlora.pipeline;
  exports dev.sdlora.prompt.grammar to
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.pipeline;
  exports dev.sdlora.prompt.qwen to
      dev.sdlora.families,
      dev.sdlora.pipeline;
  exports dev.sdlora.prompt.schedule to
      dev.sdlora.families,
      dev.sdlora.pipeline;
  exports dev.sdlora.prompt.t5 to
      dev.sdlora.families,
      dev.sdlora.pipeline;
  exports dev.sdlora.prompt.taught to
      dev.sdlora.pipeline;
  exports dev.sdlora.prompt.tokens to
      dev.sdlora.families,
      dev.sdlora.pipeline;
  exports dev.sdlora.prompt.tree to
      dev.sdlora.pipeline;
}
