package dev.sdlora.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.api.Sampler;

/** What counts where a body leaves things open. */
public enum Dialect {
  /** The defaults of A1111's interface, which are not those of its page. */
  A1111 {
    @Override
    PromptSpecBuilder start() {
      return PromptSpec.builder().steps(50).size(512, 512).sampler(Sampler.EULER);
    }
  },
  /** The library's: 20 steps, the size of the model's training pictures. */
  LIBRARY {
    @Override
    PromptSpecBuilder start() {
      return PromptSpec.builder();
    }
  };

  abstract PromptSpecBuilder start();
}
