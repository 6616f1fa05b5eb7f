package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.api.make.spi.MakingBackend.ConvertWeights;
import dev.sdlora.pipeline.make.tensors.Targets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Implements {@link WeightConversion}. */
public final class WeightConverter {
  private final ConvertWeights task;

  public WeightConverter(ConvertWeights task) {
    this.task = task;
  }

  public ConvertedWeights write(Path file, MakingListener listener) {
    Optional<FileFormat> format = Optional.of(task.format());
    WeightWriter.requireName(file, format);
    Targets.requireOther(file, List.of(task.input()));
    ConversionSource source = ConversionSource.of(task.input());
    try (WeightWriter writer = new WeightWriter(source, format, file)) {
      return writer.write(ChangedValues.NONE, listener).weights();
    }
  }
}
