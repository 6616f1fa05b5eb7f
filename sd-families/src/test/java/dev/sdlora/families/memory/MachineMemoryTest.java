package dev.sdlora.families.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of reading the available memory from the kernel's files. */
class MachineMemoryTest {
  @TempDir private Path root;

  @BeforeEach
  void machine() throws IOException {
    write("proc/meminfo", "MemTotal:  9000000 kB\nMemAvailable:    8000000 kB\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private long left() {
    return new MachineMemory(root).getAsLong();
  }

  @Test
  void getAsLong_noGroups_isWhatIsAvailable() throws IOException {
    assertThat(left()).isEqualTo(8_000_000L * 1024);
    write("proc/self/cgroup", "0::/user.slice\n");
    write("sys/fs/cgroup/user.slice/memory.max", "max\n");
    write("sys/fs/cgroup/user.slice/memory.current", "1000\n");
    assertThat(left()).isEqualTo(8_000_000L * 1024);
  }

  @Test
  void getAsLong_groupsOfVersion2_isTheLeastOfAllAround() throws IOException {
    write("proc/self/cgroup", "0::/outer/inner\n");
    write("sys/fs/cgroup/outer/memory.max", "3000000000\n");
    write("sys/fs/cgroup/outer/memory.current", "2500000000\n");
    write("sys/fs/cgroup/outer/memory.stat", "anon 5\nfile 700\ninactive_file 300000000\n");
    write("sys/fs/cgroup/outer/inner/memory.max", "1000000000\n");
    write("sys/fs/cgroup/outer/inner/memory.current", "100000000\n");
    assertThat(left()).isEqualTo(800_000_000L);
    write("sys/fs/cgroup/outer/inner/memory.current", "700000000\n");
    assertThat(left()).isEqualTo(300_000_000L);
  }

  @Test
  void getAsLong_groupsOfVersion1_isWhatTheyLeave() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n1:name=systemd:/x\n");
    // Inside a container, the group's own folder is the outermost one.
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "500000000\n");
    write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 100000000\n");
    assertThat(left()).isEqualTo(1_600_000_000L);
    // Without a limit, the kernel writes a number near the maximum.
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertThat(left()).isEqualTo(8_000_000L * 1024);
  }

  @Test
  void getAsLong_usageAboveTheLimit_isNothing() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", "1000\n");
    write("sys/fs/cgroup/memory.current", "2000\n");
    assertThat(left()).isZero();
  }

  @Test
  void getAsLong_noFilesOfTheKernel_isSomething() throws IOException {
    Files.delete(root.resolve("proc/meminfo"));
    assertThat(left()).isPositive();
  }
}
