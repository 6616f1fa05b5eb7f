package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of a training run on its output, so that two runs at once, of this process or of others,
 * do not replace each other's files. It is the lock of a file next to the output, which is deleted
 * at the end, also if a signal ends the process; the system frees it too if the process is killed.
 */
final class OutputLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputLock.class);

  private final Path file;
  private final Optional<FileChannel> channel;
  private final Thread atExit;

  private OutputLock(Path file, Optional<FileChannel> channel) {
    this.file = file;
    this.channel = channel;
    this.atExit = new Thread(() -> RunFiles.discard(file), "sd unlock");
  }

  /**
   * Takes the lock of an output, whose folder exists. On file systems without locks, nothing is
   * locked.
   *
   * @throws TrainingException if another run has it
   */
  static OutputLock of(Path output) {
    Path file = output.resolveSibling("." + output.getFileName() + ".lock");
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locks(channel)) {
        channel.close();
        throw new TrainingException(
            "'%s' is being written by another training; wait for its end, or choose another file"
                .formatted(output),
            ErrorDetails.in(output));
      }
      OutputLock lock = new OutputLock(file, Optional.of(channel));
      lock.deleteAtExit();
      return lock;
    } catch (IOException e) {
      LOG.debug("{} cannot be locked", file, e);
      return new OutputLock(file, Optional.empty());
    }
  }

  private void deleteAtExit() {
    try {
      Runtime.getRuntime().addShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("the process is ending", e);
    }
  }

  private void keepAtExit() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("the process is ending", e);
    }
  }

  private static boolean locks(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      LOG.debug("the output is locked by this process", e);
      return false;
    }
  }

  @Override
  public String toString() {
    return "lock '%s'".formatted(file);
  }

  @Override
  public void close() {
    if (channel.isPresent()) {
      keepAtExit();
      RunFiles.discard(file);
      try {
        channel.get().close();
      } catch (IOException e) {
        LOG.debug("{} cannot be closed", file, e);
      }
    }
  }
}
