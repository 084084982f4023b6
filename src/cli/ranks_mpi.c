// A sweep or a forecast among processes. Of a sweep each answers its points of the grid, one by
// one, and sends the rows to the first. A row is made by the same function from the same settings
// wherever it is made, so the output is the same bytes.
#include "ranks.h"

#include <limits.h>
#include <mpi.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TAG_ROW 1
#define TAG_FAILURE 2
#define TAG_PART 3
#define WRITING_SECONDS 2u // at most, after a process was lost

static int rank;
static int rank_count = 1;

bool join_ranks(void)
{
    // Alone, MPI would have to be started too, for nothing.
    if (getenv("OMPI_COMM_WORLD_SIZE") == NULL && getenv("PMI_SIZE") == NULL &&
        getenv("PMIX_RANK") == NULL)
        return false;
    if (MPI_Init(NULL, NULL) != MPI_SUCCESS)
        return false;
    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    (void)MPI_Comm_size(MPI_COMM_WORLD, &rank_count);
    return true;
}

int leave_ranks(int code)
{
    int worst = code;
    (void)MPI_Allreduce(&code, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    (void)MPI_Finalize();
    return worst;
}

bool is_first_rank(void)
{
    return rank == 0;
}

// Open MPI kills all that are left as soon as the first has gone, so the others stay until the
// first process has written.
static void wait_for_first(int number)
{
    (void)number;
    (void)sleep(WRITING_SECONDS);
    _exit(EXIT_MACHINE);
}

// ---- One point ----------------------------------------------------------------

typedef struct Grid {
    Run *run;
    const QuidVaried *varied;
    uint32_t varied_count;
    uint32_t point_count;
    const QuidOutlookOptions *options;
    const QuidBriefOptions *how;
    QuidVaried *one; // the same with one value each
} Grid;

// What a sweep over a point alone writes, with a NUL behind it.
static QuidStatus answer_point(Grid *grid, uint32_t point, QuidIoBuffer *answer)
{
    for (uint32_t i = grid->varied_count; i > 0; i--) {
        const QuidVaried *all = &grid->varied[i - 1];
        const uint32_t place = point % all->count;
        point /= all->count;
        grid->one[i - 1] = (QuidVaried){all->name, all->settings + place, all->values + place, 1};
    }
    *answer = (QuidIoBuffer){NULL, 0, 0, false};
    const QuidOutput output = quid_io_buffer_output(answer);
    const QuidStatus status = quid_brief_sweep(
        grid->run->context, grid->run->ledger, grid->run->deal, grid->one, grid->varied_count,
        grid->options, (QuidForecastProgress){NULL, NULL}, grid->how, output);
    if (status == QUID_OK && !output.write(output.user, "", 1))
        return QUID_NO_MEMORY;
    return status == QUID_IO ? QUID_NO_MEMORY : status;
}

// ---- What is there so far -------------------------------------------------------
//
// What one point answers is a whole output of its own: a head that all have in common, its row, and
// a tail. The first process writes the head once, the rows, and a tail.
//
// When a process is lost, MPI ends the others with SIGTERM: what has been answered is written out
// then, in the order of the grid with gaps. A row's place is filled by one store, and the signal
// is held off while rows are written. MPI has threads of its own: whichever gets the signal hands
// it to the one that writes.

typedef struct Form {
    const char *head_end; // the last bytes of the head
    const char *between;  // rows
    const char *tail;
    const char *missing; // NULL: a tail does not say how many rows are missing
} Form;

static const Form csv = {"\n", "", "", NULL};
// As cJSON lays a document out; what stands in a text has its quotes escaped.
static const Form json = {"\"points\":\t[", ", ", "]\n}\n", "],\n\t\"missing\":\t"};

static const Form *form = &csv;
static char *head;      // NULL: no point was answered yet
static char **finished; // by point: its row; NULL: not yet. A NUL ends each
static volatile sig_atomic_t written_count;
static volatile sig_atomic_t point_total;
static volatile sig_atomic_t has_head; // it is written
static pthread_t writer;

static void write_plainly(const char *text)
{
    size_t size = strlen(text);
    while (size > 0) {
        const ssize_t written = write(STDOUT_FILENO, text, size);
        if (written <= 0)
            return;
        text += written;
        size -= (size_t)written;
    }
}

static void write_count(sig_atomic_t count)
{
    char text[24] = {0};
    size_t at = sizeof text - 1;
    for (; count > 0; count /= 10)
        text[--at] = (char)('0' + count % 10);
    write_plainly(text + at);
}

// All rows that are there beyond those written in order, and a tail that says so. Calls nothing
// that a signal's handler may not.
static void write_rest(void)
{
    sig_atomic_t missing = 0;
    for (sig_atomic_t i = written_count; i < point_total; i++) {
        if (finished[i] == NULL) {
            missing += 1;
            continue;
        }
        write_plainly(has_head ? form->between : head);
        write_plainly(finished[i]);
        has_head = 1;
    }
    if (!has_head)
        return;
    if (missing > 0 && form->missing != NULL) {
        write_plainly(form->missing);
        write_count(missing);
        write_plainly("\n}\n");
    } else {
        write_plainly(form->tail);
    }
}

static void save_finished(int number)
{
    static const char said[] = "quid: a process was lost or stopped; the points that were answered "
                               "are in the output\n";
    if (!pthread_equal(pthread_self(), writer)) {
        (void)pthread_kill(writer, number);
        return;
    }
    write_rest();
    const ssize_t written = write(STDERR_FILENO, said, sizeof said - 1);
    (void)written; // nobody is left to tell
    _exit(EXIT_MACHINE);
}

static bool write_text(QuidOutput output, const char *text)
{
    return *text == '\0' || output.write(output.user, text, strlen(text));
}

// Writes what stands next in order, and the tail behind the last.
static bool write_in_order(Run *run)
{
    sigset_t term;
    sigset_t before;
    (void)sigemptyset(&term);
    (void)sigaddset(&term, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &term, &before);
    const QuidOutput output = quid_io_output(&run->output);
    bool is_good = true;
    while (is_good && written_count < point_total && finished[written_count] != NULL) {
        is_good = write_text(output, has_head ? form->between : head) &&
                  write_text(output, finished[written_count]);
        free(finished[written_count]);
        finished[written_count] = NULL;
        written_count += 1;
        has_head = 1;
        if (is_good && written_count == point_total)
            is_good = write_text(output, form->tail);
    }
    is_good = quid_io_flush(&run->output) && is_good;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_good;
}

static char *copy_bytes(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

// Takes a point's output apart. bytes: NUL-terminated. false: no memory.
static bool keep_output(uint32_t point, const char *bytes)
{
    const char *end = strstr(bytes, form->head_end);
    const char *row = end == NULL ? bytes : end + strlen(form->head_end);
    char *own_head = head != NULL ? head : copy_bytes(bytes, (size_t)(row - bytes));
    char *own_row = copy_bytes(row, strlen(row) - strlen(form->tail));
    if (own_head == NULL || own_row == NULL) {
        free(own_row);
        return false;
    }
    head = own_head;
    atomic_signal_fence(memory_order_release);
    finished[point] = own_row;
    return true;
}

// ---- The ranks --------------------------------------------------------------------

static QuidStatus work(Grid *grid)
{
    (void)signal(SIGTERM, wait_for_first);
    for (uint32_t point = (uint32_t)rank; point < grid->point_count;
         point += (uint32_t)rank_count) {
        QuidIoBuffer answer;
        const QuidStatus status = answer_point(grid, point, &answer);
        if (status != QUID_OK) {
            int failure = (int)status;
            (void)MPI_Send(&failure, 1, MPI_INT, 0, TAG_FAILURE, MPI_COMM_WORLD);
            free(answer.bytes);
            return status;
        }
        (void)MPI_Send(answer.bytes, (int)answer.size, MPI_CHAR, 0, TAG_ROW, MPI_COMM_WORLD);
        free(answer.bytes);
    }
    return QUID_OK;
}

static QuidStatus answer_own(Grid *grid, uint32_t point)
{
    QuidIoBuffer answer;
    QuidStatus status = answer_point(grid, point, &answer);
    if (status == QUID_OK && !keep_output(point, answer.bytes))
        status = QUID_NO_MEMORY;
    free(answer.bytes);
    return status;
}

// The next point of another rank. next: by rank.
static QuidStatus receive_point(uint32_t *next)
{
    MPI_Status from;
    int size = 0;
    (void)MPI_Probe(MPI_ANY_SOURCE, TAG_ROW, MPI_COMM_WORLD, &from);
    (void)MPI_Get_count(&from, MPI_CHAR, &size);
    char *answer = malloc((size_t)size + 1);
    if (answer == NULL)
        return QUID_NO_MEMORY;
    (void)MPI_Recv(answer, size, MPI_CHAR, from.MPI_SOURCE, TAG_ROW, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE);
    answer[size] = '\0';
    const bool is_kept = keep_output(next[from.MPI_SOURCE], answer);
    free(answer);
    next[from.MPI_SOURCE] += (uint32_t)rank_count;
    return is_kept ? QUID_OK : QUID_NO_MEMORY;
}

// One message of another rank: its next row, or that it could not answer.
static QuidStatus receive(Grid *grid, uint32_t *next)
{
    MPI_Status from;
    int failure = 0;
    (void)MPI_Probe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &from);
    if (from.MPI_TAG == TAG_ROW)
        return receive_point(next);
    (void)MPI_Recv(&failure, 1, MPI_INT, from.MPI_SOURCE, TAG_FAILURE, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE);
    // Asked once more here, so that it is said what is wrong.
    return failure == QUID_INVALID ? answer_own(grid, next[from.MPI_SOURCE]) : (QuidStatus)failure;
}

// The sweep ends early: what was sent is taken, and all that is there written, with gaps.
static void write_what_is_there(uint32_t *next)
{
    int is_there = 1;
    while (is_there) {
        (void)MPI_Iprobe(MPI_ANY_SOURCE, TAG_ROW, MPI_COMM_WORLD, &is_there, MPI_STATUS_IGNORE);
        is_there = is_there && receive_point(next) == QUID_OK;
    }
    write_rest();
}

// The first rank answers its own points, and between them takes what the others have sent.
static QuidStatus collect(Grid *grid, uint32_t *next)
{
    QuidStatus status = QUID_OK;
    uint32_t own = 0;
    uint32_t others =
        grid->point_count - (grid->point_count + (uint32_t)rank_count - 1) / (uint32_t)rank_count;
    while (status == QUID_OK && (own < grid->point_count || others > 0)) {
        int is_there = own >= grid->point_count;
        if (!is_there && others > 0)
            (void)MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &is_there,
                             MPI_STATUS_IGNORE);
        if (is_there && others > 0) {
            status = receive(grid, next);
            others -= 1;
        } else {
            status = answer_own(grid, own);
            own += (uint32_t)rank_count;
        }
        if (status == QUID_OK && !write_in_order(grid->run))
            status = QUID_IO;
    }
    return status;
}

static QuidStatus lead(Grid *grid)
{
    finished = calloc(grid->point_count, sizeof *finished);
    uint32_t *next = calloc((size_t)rank_count, sizeof *next);
    QuidStatus status = finished == NULL || next == NULL ? QUID_NO_MEMORY : QUID_OK;
    if (status == QUID_OK) {
        for (int i = 0; i < rank_count; i++)
            next[i] = (uint32_t)i;
        point_total = (sig_atomic_t)grid->point_count;
        writer = pthread_self();
        (void)signal(SIGTERM, save_finished);
        status = collect(grid, next);
        (void)signal(SIGTERM, SIG_DFL);
    }
    // Nobody may wait for a message that is not going to be taken.
    if (status != QUID_OK) {
        if (next != NULL && status != QUID_IO)
            write_what_is_there(next);
        print_diagnostics(grid->run);
        fprintf(stderr, "quid: the sweep ends early: %s\n", quid_status_text(status));
        (void)MPI_Abort(MPI_COMM_WORLD, exit_for(status));
    }
    free(next);
    for (uint32_t i = 0; finished != NULL && i < grid->point_count; i++)
        free(finished[i]);
    free(finished);
    free(head);
    return status;
}

QuidStatus sweep_among_ranks(Run *run, const QuidVaried *varied, uint32_t varied_count,
                             const QuidOutlookOptions *options, const QuidBriefOptions *how)
{
    QuidVaried one[SETTING_COUNT_MAX];
    Grid grid = {run, varied, varied_count, 1, options, how, one};
    for (uint32_t i = 0; i < varied_count; i++)
        grid.point_count *= varied[i].count;
    form = how->is_json ? &json : &csv;
    return rank == 0 ? lead(&grid) : work(&grid);
}

// ---- A forecast -------------------------------------------------------------------

static void say_lost(int number)
{
    static const char said[] = "quid: a process was lost or stopped; there is no forecast\n";
    (void)number;
    const ssize_t written = write(STDERR_FILENO, said, sizeof said - 1);
    (void)written; // nobody is left to tell
    _exit(EXIT_MACHINE);
}

QuidStatus agree_among_ranks(QuidStatus status)
{
    int own = (int)status;
    int worst = own;
    (void)MPI_Allreduce(&own, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (rank == 0 && status == QUID_OK && worst != own)
        fprintf(stderr, "quid: another process failed: %s\n", quid_status_text((QuidStatus)worst));
    return (QuidStatus)worst;
}

static QuidStatus receive_part(int source, QuidIoBuffer *part)
{
    MPI_Status from;
    int size = 0;
    (void)MPI_Probe(source, TAG_PART, MPI_COMM_WORLD, &from);
    (void)MPI_Get_count(&from, MPI_CHAR, &size);
    part->bytes = malloc((size_t)size + 1);
    if (part->bytes == NULL)
        return QUID_NO_MEMORY;
    part->size = (size_t)size;
    (void)MPI_Recv(part->bytes, size, MPI_CHAR, source, TAG_PART, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE);
    return QUID_OK;
}

// own: the first rank's part, which is taken over.
static QuidStatus put_together(Run *run, const QuidForecastOptions *options, QuidIoBuffer *own)
{
    QuidIoBuffer *buffers = calloc((size_t)rank_count, sizeof *buffers);
    QuidString *parts = calloc((size_t)rank_count, sizeof *parts);
    QuidStatus status = buffers == NULL || parts == NULL ? QUID_NO_MEMORY : QUID_OK;
    for (int i = 0; status == QUID_OK && i < rank_count; i++) {
        if (i == 0)
            buffers[0] = *own;
        else
            status = receive_part(i, &buffers[i]);
        if (status == QUID_OK)
            parts[i] = (QuidString){buffers[i].bytes, (uint32_t)buffers[i].size};
    }
    if (status == QUID_OK) {
        QuidForecastOptions how = *options;
        how.parts = parts;
        how.part_count = (uint32_t)rank_count;
        status = quid_outlook_forecast(run->outlook, &how);
    }
    for (int i = 1; buffers != NULL && i < rank_count; i++)
        free(buffers[i].bytes);
    free(buffers);
    free(parts);
    return status;
}

QuidStatus forecast_among_ranks(Run *run, const QuidForecastOptions *options)
{
    const QuidPart part = {(uint32_t)rank, (uint32_t)rank_count};
    QuidIoBuffer own = {NULL, 0, 0, false};
    (void)signal(SIGTERM, rank == 0 ? say_lost : wait_for_first);
    QuidStatus status =
        quid_outlook_forecast_part(run->outlook, options, part, quid_io_buffer_output(&own));
    if (own.has_failed)
        status = QUID_NO_MEMORY;
    else if (own.size > INT_MAX)
        status = QUID_LIMIT;
    // Nobody may wait for a part that is not going to be sent.
    status = agree_among_ranks(status);
    if (status == QUID_OK && rank != 0)
        (void)MPI_Send(own.bytes, (int)own.size, MPI_CHAR, 0, TAG_PART, MPI_COMM_WORLD);
    else if (status == QUID_OK)
        status = put_together(run, options, &own);
    free(own.bytes);
    // A first rank without memory leaves parts behind that nobody takes.
    if (rank == 0 && status == QUID_NO_MEMORY)
        (void)MPI_Abort(MPI_COMM_WORLD, exit_for(status));
    (void)signal(SIGTERM, SIG_DFL);
    return status;
}
