package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.api.model.spi.FileBackend;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.FileKind;
import dev.sdlora.pipeline.fit.CheckpointDistances;
import dev.sdlora.tensors.folder.HashIndex;
import java.nio.file.Path;
import java.util.Optional;

/** Inspects files with weights. Created by {@link java.util.ServiceLoader}. */
public final class LocalFiles implements Backend.Files, FileBackend {

  @Override
  public Checkpoint openCheckpoint(Path path, CheckpointParts parts) {
    return CheckpointReader.open(path, parts).checkpoint();
  }

  @Override
  public Optional<FileDescription> describe(Path file) {
    return FileKind.recognise(file);
  }

  @Override
  public CheckpointDistance distance(Checkpoint from, Checkpoint to) {
    return CheckpointDistances.of(from, to);
  }

  @Override
  public String sha256(Path file) {
    return HashIndex.ofProcess().sha256(file);
  }

  @Override
  public Optional<String> knownSha256(Path file) {
    return HashIndex.ofProcess().knownSha256(file);
  }
}
