package dev.sdlora.api.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritableFolderTest {
  @TempDir private Path folder;

  @Test
  void check_writableFolder_leavesNothing() throws IOException {
    WritableFolder.check(folder);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void check_missingFolder_throws() {
    assertThatThrownBy(() -> WritableFolder.check(folder.resolve("missing")))
        .isInstanceOf(IOException.class);
  }
}
