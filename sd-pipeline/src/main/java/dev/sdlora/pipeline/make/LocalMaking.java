package dev.sdlora.pipeline.make;

import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.pipeline.make.weights.Baker;
import dev.sdlora.pipeline.make.weights.WeightConverter;
import java.nio.file.Path;
import java.time.Clock;

/** Implements {@code dev.sdlora.api.make}. Created by {@link java.util.ServiceLoader}. */
public final class LocalMaking implements MakingBackend {
  private final Clock clock;

  /** Creates a backend that stamps files with the current time. */
  public LocalMaking() {
    this(Clock.systemUTC());
  }

  /** Creates a backend with another clock, for tests that compare files. */
  LocalMaking(Clock clock) {
    this.clock = clock;
  }

  @Override
  public CreatedLora extract(Extract task, Path file, MakingListener listener) {
    return new Extractor(task, clock).write(file, listener);
  }

  @Override
  public CreatedLora merge(Merge task, Path file, MakingListener listener) {
    return new Merger(task, clock).write(file, listener);
  }

  @Override
  public CreatedLora resize(Resize task, Path file, MakingListener listener) {
    return Resizer.write(task, file, listener);
  }

  @Override
  public CreatedLora convert(Convert task, Path file, MakingListener listener) {
    return Converter.write(task, file, listener);
  }

  @Override
  public CreatedCheckpoint mergeCheckpoints(
      MergeCheckpoints task, Path file, MakingListener listener) {
    return new CheckpointMerger(task).write(file, listener);
  }

  @Override
  public CreatedCheckpoint bake(Bake task, Path file, MakingListener listener) {
    return new Baker(task).write(file, listener);
  }

  @Override
  public ConvertedWeights convertWeights(ConvertWeights task, Path file, MakingListener listener) {
    return new WeightConverter(task).write(file, listener);
  }
}
