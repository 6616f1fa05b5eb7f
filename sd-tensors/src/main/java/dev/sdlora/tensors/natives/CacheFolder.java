package dev.sdlora.tensors.natives;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder that native libraries are unpacked to. */
final class CacheFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);
  private static final String DJL = ".djl.ai";

  private CacheFolder() {}

  /**
   * The folder that the user names, else {@code .djl.ai} in the user's home as other programs with
   * DJL have it, else a new private one that goes when the process ends. DJL by itself would then
   * take a folder in the shared temporary folder, where other users could have put a library.
   *
   * @throws IllegalStateException if other users can change what is in the folder
   */
  static Path choose() {
    Optional<String> named =
        Settings.value("ENGINE_CACHE_DIR", "ENGINE_CACHE_DIR")
            .or(() -> Settings.value("SDLORA_NATIVES", "sdlora.natives"))
            .or(() -> Settings.value("DJL_CACHE_DIR", "DJL_CACHE_DIR"));
    if (named.isPresent()) {
      Path folder = Path.of(named.get()).toAbsolutePath();
      Ownership.createOwn(folder);
      return folder;
    }
    Path home = Path.of(System.getProperty("user.home", "")).toAbsolutePath();
    Path folder = home.resolve(DJL);
    if (Files.exists(folder) ? Files.isWritable(folder) : Files.isWritable(home)) {
      Optional<String> complaint = Ownership.complaint(home);
      if (complaint.isEmpty()) {
        Ownership.createOwn(folder);
        return folder;
      }
      LOG.warn(
          "native libraries are unpacked to a new folder at each start, for {}", complaint.get());
    }
    return PrivateFolder.get();
  }
}
