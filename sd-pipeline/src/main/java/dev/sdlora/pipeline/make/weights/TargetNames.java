package dev.sdlora.pipeline.make.weights;

import dev.sdlora.families.checkpoint.stored.LlamaNames;

/**
 * The names of tensors in a converted file: those of the input, but in GGUF files a denoiser alone
 * has no prefix, and language models have llama.cpp's names.
 */
@FunctionalInterface
interface TargetNames {
  /** Returns the name of a tensor in the new file. */
  String of(String name);

  static TargetNames of(ConversionSource source, ConversionLayout layout) {
    if (!layout.gguf() || source.isWhole() || source.gguf().isPresent()) {
      return name -> name;
    }
    if (source.architecture().filter(Architecture.QWEN3::equals).isPresent()) {
      return name -> LlamaNames.qwen3(name).orElse(name);
    }
    if (source.architecture().filter(Architecture.T5::equals).isPresent()) {
      return name -> LlamaNames.t5(name).orElse(name);
    }
    return ConversionSource::withoutPrefix;
  }
}
