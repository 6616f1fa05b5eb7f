package dev.sdlora.spark;

import dev.sdlora.testkit.PageCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  @Test
  void whatThePageShows_compiles(@TempDir Path folder) throws IOException {
    PageCode.assertCompiles(Path.of("../../docs/scale.md"), folder, List.of(), "");
  }
}
