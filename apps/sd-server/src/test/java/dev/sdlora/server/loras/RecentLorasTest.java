package dev.sdlora.server.loras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecentLorasTest {
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void list_aMomentLater_isLookedAtAgain(@TempDir Path folder) throws IOException {
    RecentLoras recent = new RecentLoras(LoraLibrary.open(folder), nanos::get);
    assertThat(recent.list()).isEmpty();
    assertThatThrownBy(() -> recent.find("zorp")).isInstanceOf(LoraException.class);

    Files.copy(DemoModel.loras().resolve("zorp.safetensors"), folder.resolve("zorp.safetensors"));
    nanos.set(900_000_000);

    assertThat(recent.list()).isEmpty();
    assertThatThrownBy(() -> recent.find("zorp")).isInstanceOf(LoraException.class);
    assertThat(recent.searchAnew(LoraQuery.text("zo"))).hasSize(1);
    nanos.set(1_100_000_000);
    assertThat(recent.list()).hasSize(1);
    assertThat(recent.find("zorp").name()).isEqualTo("zorp");
  }
}
