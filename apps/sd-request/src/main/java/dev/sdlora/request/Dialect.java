package dev.sdlora.request;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;

/** The values of fields that a body leaves out. */
public enum Dialect {
  /**
   * The defaults of A1111's interface, which are not those of its page, with the guidance of the
   * checkpoint.
   */
  A1111 {
    @Override
    PromptSpec.Builder start(Checkpoint checkpoint) {
      return LIBRARY.start(checkpoint).steps(50).size(512, 512).sampler(Sampler.EULER);
    }
  },
  /** The settings that the checkpoint recommends, at the size that it was made for. */
  LIBRARY {
    @Override
    PromptSpec.Builder start(Checkpoint checkpoint) {
      return checkpoint.defaults().toBuilder();
    }
  };

  abstract PromptSpec.Builder start(Checkpoint checkpoint);
}
