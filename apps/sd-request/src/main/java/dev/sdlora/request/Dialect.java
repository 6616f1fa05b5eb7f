package dev.sdlora.request;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;

/** The defaults for fields that a request omits. */
public enum Dialect {
  /**
   * The defaults of A1111's API, which differ from those of its web page, with the checkpoint's
   * guidance settings. Transformers have their own defaults: 50 steps would take a distilled one
   * twelve times as long.
   */
  A1111 {
    @Override
    PromptSpec.Builder start(Checkpoint checkpoint) {
      PromptSpec.Builder own = LIBRARY.start(checkpoint);
      return checkpoint.family().hasOwnDefaults()
          ? own
          : own.steps(50).size(512, 512).sampler(Sampler.EULER);
    }
  },
  /** The checkpoint's recommended settings and native size. */
  LIBRARY {
    @Override
    PromptSpec.Builder start(Checkpoint checkpoint) {
      return checkpoint.defaults().toBuilder();
    }
  };

  abstract PromptSpec.Builder start(Checkpoint checkpoint);
}
